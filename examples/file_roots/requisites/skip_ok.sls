# A window that is over is no failure of the run; what requires it passes the skip through.
{% from "requisites/migration.jinja" import wanted %}

in the window:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}
    - time_limit: 01/31/2020 04:00
    - skip_ok: true

after the window:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}
    - skip_ok: true
    - require:
      - vios: in the window
