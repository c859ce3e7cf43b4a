# The checks run first; the second frame starts only when the first is done.
{% from "requisites/migration.jinja" import wanted %}

frame1 checked:
  vios.checked:
    - targets: [[vios1, vios2]]
    {{- wanted() }}

frame1 migrated:
  vios.migrated:
    - targets: [[vios1, vios2]]
    {{- wanted() }}
    - time_limit: 8h
    - require:
      - vios: frame1 checked

frame2 migrated:
  vios.migrated:
    - name: vios3,vios4
    {{- wanted() }}
    - require:
      - vios: frame1 migrated
