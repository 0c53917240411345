{% snapshot priorities_history %}
{{ config(target_schema='shop', unique_key='priority', strategy='check', check_cols=['rank']) }}
select * from {{ ref('priorities') }}
{% endsnapshot %}
