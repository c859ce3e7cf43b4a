{#- Sends a message to a chat whose webhook takes {"text": ...} (Slack, Mattermost, Rocket.Chat, Teams, ...). It only notifies. #}
{%- set event = data.get('data', {}) %}
{%- set text = data.get('id', '?') ~ ': ' ~ event.get('message', tag) ~ ' (' ~ tag ~ ')' %}

notify_the_chat:
  runner.http.query:
    - args:
      - url: {{ opts['vios_notify']['chat_url'] | yaml_dquote }}
      - method: POST
      - header_dict:
          Content-Type: application/json
      - data: {{ {'text': text} | tojson | yaml_dquote }}
