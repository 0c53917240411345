{{ config(materialized=var('daily', 'table'), partition_by=['year']) }}
select year(o_orderdate) as year, o_orderdate, count(*) as orders from {{ ref('order_priorities') }} group by 1, 2
