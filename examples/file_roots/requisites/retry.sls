# Salt repeats the state each minute, for ten hours; each call attaches to what is in progress.
{% from "requisites/migration.jinja" import wanted %}

frame1 migrated:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}
    - wait: false
    - retry:
        attempts: 600
        interval: {{ pillar.get('interval', 60) }}
