{{ config(materialized='incremental', incremental_strategy='merge', unique_key='rank') }}
select rank, count(*) as orders from {{ ref('order_priorities') }}
{% if is_incremental() %} where rank <= 2 {% endif %}
group by rank
