// Consolidates CSV files a second time, in DuckDB. usage: node consolidate.mjs EXPECTED.parquet KEY DECIDE ORIGIN=FILE…
// KEY is a list of columns; DECIDE is "at:desc,prio". Prints how many rows differ from the Parquet file, either way, and how many there are.
import { DuckDBInstance } from '@duckdb/node-api'

const [output, key, decide, ...origins] = process.argv.slice(2)
const literal = (text) => `'${text.replaceAll("'", "''")}'`
const connection = await (await DuckDBInstance.create()).connect()
const one = async (sql) => Number((await connection.runAndReadAll(sql)).getRows()[0][0])

const tables = origins.map((o, n) => {
  const [name, file] = o.split('=')
  return `SELECT *, ${n} AS o_, row_number() OVER () AS r_, ${literal(name)} AS origin FROM read_csv(${literal(file)}, header = true, parallel = false)`
})
const order = decide.split(',').map((d) => `${d.split(':')[0]} ${d.split(':')[1] ?? 'asc'} NULLS LAST`)
await connection.run(`CREATE TABLE expected AS SELECT * EXCLUDE (o_, r_, n_) FROM (
  SELECT *, row_number() OVER (PARTITION BY ${key} ORDER BY ${order.join(', ')}, o_, r_) AS n_ FROM (${tables.join(' UNION ALL BY NAME ')})) WHERE n_ = 1`)
const found = `SELECT * FROM read_parquet(${literal(output)})`
const columns = (await connection.runAndReadAll('SELECT * FROM expected LIMIT 0')).columnNames().map((c) => `"${c}"`).join(', ')
const missing = await one(`SELECT count(*) FROM (SELECT ${columns} FROM expected EXCEPT ALL SELECT ${columns} FROM (${found}))`)
const extra = await one(`SELECT count(*) FROM (SELECT ${columns} FROM (${found}) EXCEPT ALL SELECT ${columns} FROM expected)`)
console.log(`${missing} ${extra} ${await one('SELECT count(*) FROM expected')}`)
