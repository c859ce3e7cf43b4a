# One state per tuple; another state can require one of them.
{% from "requisites/migration.jinja" import wanted %}

pairs migrated:
  vios.migrated:
    - names:
      - vios1,vios2
      - vios3,vios4
    {{- wanted() }}

after the first pair:
  test.nop:
    - require:
      - vios: vios1,vios2
