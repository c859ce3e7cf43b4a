# The pair comes from pillar, so that an orchestration can say which.
{% from "requisites/migration.jinja" import wanted %}

pair migrated:
  vios.migrated:
    - targets: [{{ pillar['pair'] | json }}]
    {{- wanted() }}
