{#- The beacon passes the answer of vios.driver. A message is sent only if work is under way without a driver, or the
    driver cannot record what it does. #}
{%- set answer = data.get('ret') or {} %}
{%- set trouble = answer.get('trouble') or ('no driver runs, and work is under way' if answer.get('doing') and not answer.get('running')) %}
{%- if trouble %}
{%- set text = data.get('id', '?') ~ ': ' ~ trouble %}
notify_the_chat:
  runner.http.query:
    - args:
      - url: {{ opts['vios_notify']['chat_url'] | yaml_dquote }}
      - method: POST
      - header_dict:
          Content-Type: application/json
      - data: {{ {'text': text} | tojson | yaml_dquote }}
{%- endif %}
