# Runs before the migration, and only if there will be one.
{% from "requisites/migration.jinja" import wanted %}

move the clients' paths:
  test.succeed_with_changes:
    - prereq:
      - vios: frame1 migrated

frame1 migrated:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}
