{#- Sends mail from a minion whose configuration holds the profile vios_mail. It only notifies. #}
{%- set event = data.get('data', {}) %}
{%- set subject = data.get('id', '?') ~ ': ' ~ tag %}
{%- set text = event.get('message', tag) ~ '\nstatus: ' ~ event.get('status', '?') ~ '\nsee: salt ' ~ data.get('id', '?') ~ ' vios.history detail=True' %}

send_mail:
  local.smtp.send_msg:
    - tgt: {{ opts['vios_notify']['mail_minion'] | yaml_dquote }}
    - args:
      - recipient: {{ opts['vios_notify']['mail_to'] | yaml_dquote }}
      - message: {{ text | yaml_dquote }}
      - subject: {{ subject | replace('\n', ' ') | yaml_dquote }}
      - profile: vios_mail
