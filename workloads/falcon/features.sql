-- What is known about a launch before it. Runs on DuckDB and on Spark SQL alike.
SELECT
  date,
  booster,
  payload_mass_kg,
  CAST(core_flight AS DOUBLE) AS core_flight,
  CAST(block AS DOUBLE) AS block,
  CAST(grid_fins AS DOUBLE) AS grid_fins,
  CAST(legs AS DOUBLE) AS legs,
  CAST(reused AS DOUBLE) AS reused,
  orbit,
  site,
  landed
FROM records
