# A slot passes an earlier result: Salt evaluates it when the state runs, but Jinja before any state runs.
{% from "requisites/migration.jinja" import wanted %}

first VIOS migrated:
  vios.migrated:
    - name: vios1
    {{- wanted() }}

first VIOS once more, if it went well:
  vios.migrated:
    - name: vios1
    {{- wanted() }}
    - vios_status: __slot__:salt:vios.status(vios1)
    - require:
      - vios: first VIOS migrated
