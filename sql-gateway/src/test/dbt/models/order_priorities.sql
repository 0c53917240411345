{{ config(materialized='view') }}
select o_orderkey, o_orderdate, p.rank
from lake.tpch.orders join {{ ref('priorities') }} p on o_orderpriority = p.priority
