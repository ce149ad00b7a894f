// Prints the key-value metadata of a Parquet file's footer as two independent readers see it: {"duckdb": {…}, "hyparquet": {…}}.
import { readFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetMetadata } from 'hyparquet'

const path = process.argv[2]
const connection = await (await DuckDBInstance.create()).connect()
const rows = (await connection.runAndReadAll(`SELECT decode(key), decode(value) FROM parquet_kv_metadata('${path}')`)).getRows()
const bytes = readFileSync(path)
const { key_value_metadata: pairs } = parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
console.log(JSON.stringify({ duckdb: Object.fromEntries(rows), hyparquet: Object.fromEntries(pairs.map(({ key, value }) => [key, value])) }))
