# Both run in parallel. One state with several targets does the same, and reports more.
{% from "requisites/migration.jinja" import wanted %}

frame1 migrated:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}
    - parallel: true

frame2 migrated:
  vios.migrated:
    - name: vios3,vios4
    {{- wanted() }}
    - parallel: true

both frames done:
  test.nop:
    - require:
      - vios: frame1 migrated
      - vios: frame2 migrated
