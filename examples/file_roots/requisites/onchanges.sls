# Runs only when a VIOS of the frame was really migrated.
{% from "requisites/migration.jinja" import wanted %}

frame1 migrated:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}

inform the storage team:
  test.succeed_with_changes:
    - onchanges:
      - vios: frame1 migrated
