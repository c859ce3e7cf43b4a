# An earlier result through a slot, which is evaluated when the state runs. Jinja would be evaluated before any ran.
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
