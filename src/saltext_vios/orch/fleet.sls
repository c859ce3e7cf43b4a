# A fleet, wave by wave: salt-run state.orchestrate fleet pillar='{"fleet": "/srv/salt/fleet.yaml"}'
# Run it again after any interruption: what is done is not touched, and what is under way is followed.
{%- macro fails(why) %}
{%- set lines = why | wordwrap(64, break_long_words=False, break_on_hyphens=False) %}
  test.fail_without_changes:
    - comment: {{ lines | json }}
    {%- if opts.get('test') %}
    # With test=True Salt puts a sentence of its own in the place of the comment.
    - name: {{ lines | indent(14) | json }}
    {%- endif %}
{%- endmacro %}
{%- set plan = {'Error': 'the pillar names no fleet; type: pillar=\'{"fleet": "/srv/salt/fleet.yaml"}\''} %}
{%- if pillar.get('fleet') %}
{%- set plan = salt['saltutil.runner']('vios.plan', kwarg={'fleet': pillar['fleet']}) %}
{%- endif %}
{%- if plan is not mapping or 'waves' not in plan %}

the fleet is planned:
{{- fails((plan['Error'] if plan is mapping and 'Error' in plan else plan) | string) }}
{%- else %}
{%- set so_far = {} %}
{%- set over_ssh = [] %}
{%- set gates = [] %}
{%- set doubts = {} %}
{%- do doubts.update(plan['failed']) %}
{%- for master in plan['silent'] %}
{%- do doubts.update({master: 'no answer; it is in no wave'}) %}
{%- endfor %}

{%- for master, why in doubts.items() %}
{{ ('plan of ' ~ master) | json }}:
{{- fails(why) }}
{%- if master in plan['canary'] %}
{%- do gates.append({'test': 'plan of ' ~ master}) %}
{%- endif %}
{%- endfor %}

{%- set elsewhere = plan['blocked'] | rejectattr('in_wave') | list %}
{%- for one in elsewhere %}
{{ (one['tuple'] ~ ' on ' ~ one['master']) | json }}:
{{- fails(one['why']) }}
{%- endfor %}

{%- if plan['early'] %}
the window is open:
{{- fails(plan['early']) }}
{%- do gates.append({'test': 'the window is open'}) %}
{%- endif %}

{%- for wave in plan['waves'] if wave['masters'] %}
{%- set states = [] %}
{%- for master, part in wave['masters'].items() %}
{%- set name = wave['name'] ~ ' on ' ~ master %}
{%- do states.append({'salt': name}) %}
{%- do so_far.setdefault(master, []).extend(part['tuples'] | map(attribute='tuple') | list) %}

{%- if part['ssh'] and master not in over_ssh %}
{%- do over_ssh.append(master) %}
{%- endif %}
{{ name | json }}:
  {%- if part['ssh'] and not opts.get('test') %}
  # Short calls instead of a connection that must hold for hours.
  salt.runner:
    - name: vios.wave
    - master: {{ master | json }}
    - targets: {{ part['tuples'] | map(attribute='vioses') | list | json }}
    - options: {{ part['options'] | json }}
    - parallel: true
  {%- else %}
  salt.state:
    - tgt: {{ [master] | json }}
    - tgt_type: list
    - ssh: {{ part['ssh'] | json }}
    - sls: fleet.wave
    - pillar: {{ {'wave': {'name': wave['name'], 'targets': part['tuples'] | map(attribute='vioses') | list, 'options': part['options']}} | json }}
    # Seconds without an answer after which Salt asks the minion whether the job still runs; the job may take hours.
    - timeout: 300
    - parallel: true
    # A minion runs one state job at a time; that of an orchestration that was killed may still run.
    - queue: true
  {%- endif %}
    {%- if gates %}
    - require: {{ gates | json }}
    {%- endif %}
{%- endfor %}

# Runs only if something in the wave failed: may the next wave start nevertheless?
{{ ('after ' ~ wave['name']) | json }}:
  salt.runner:
    - name: vios.gate
    - masters: {{ so_far | json }}
    - max_failures: {{ plan['max_failures'] | json }}
    - since: {{ plan['at'] | json }}
    {%- if over_ssh %}
    - ssh: {{ over_ssh | json }}
    {%- endif %}
    - onfail_any: {{ states | json }}
    {%- if gates %}
    - require: {{ gates | json }}
    {%- endif %}
{%- do gates.append({'salt': 'after ' ~ wave['name']}) %}
{%- endfor %}

{%- if not so_far and not doubts and not elsewhere and not gates %}
nothing to do:
  test.succeed_without_changes
{%- endif %}
{%- endif %}
