# Asked for again while it is in progress: the second call attaches.
{% from "requisites/migration.jinja" import wanted %}

frame1 migrated:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}
    - wait: false
    - retry:
        attempts: 60
        interval: 1
