# Runs only when the migration did not succeed.
{% from "requisites/migration.jinja" import wanted %}

frame1 migrated:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}

call the operator:
  test.succeed_with_changes:
    - onfail:
      - vios: frame1 migrated
