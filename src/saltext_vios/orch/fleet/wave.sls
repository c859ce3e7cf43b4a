# What one NIM master has to do in one wave; the orchestration passes it as pillar.
{{ pillar['wave']['name'] | json }}:
  vios.migrated:
    - targets: {{ pillar['wave']['targets'] | json }}
    {%- for option, value in pillar['wave']['options'].items() %}
    - {{ option }}: {{ value | json }}
    {%- endfor %}
