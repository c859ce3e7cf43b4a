{#- From the beacon: what vios.driver says. Silent unless work is under way without a driver, or nothing can be recorded. #}
{%- set told = data.get('ret') or {} %}
{%- set trouble = told.get('trouble') or ('no driver runs, and work is under way' if told.get('doing') and not told.get('running')) %}
{%- if trouble %}
{%- set text = data.get('id', '?') ~ ': ' ~ trouble %}
tell_the_chat:
  runner.http.query:
    - args:
      - url: {{ opts['vios_notify']['chat_url'] | yaml_dquote }}
      - method: POST
      - header_dict:
          Content-Type: application/json
      - data: {{ {'text': text} | tojson | yaml_dquote }}
{%- endif %}
