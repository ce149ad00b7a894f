// Reads every *.parquet of a folder with four independent readers and writes what each saw as <name>.<reader>.jsonl:
// one array of texts (or null) a row. Dates are days, times and timestamps the stored number, binary hexadecimal.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import pl from 'nodejs-polars'
import wasm from 'parquet-wasm/node'

const number = (x) => (Object.is(x, -0) ? '-0' : String(x))
const special = { nan: NaN, inf: Infinity, '-inf': -Infinity }
const hex = (x) => Buffer.from(x).toString('hex')

async function duckdb(path) {
  const connection = await (await DuckDBInstance.create()).connect()
  const from = `read_parquet('${path}')`
  const columns = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)).getRows()
  const shown = columns.map(([name, type]) => {
    const c = `"${name}"`
    if (type === 'DATE') return `(${c} - DATE '1970-01-01')::VARCHAR`
    if (type === 'TIMESTAMP_NS') return `epoch_ns(${c})::VARCHAR`
    if (type.startsWith('TIME')) return `epoch_us(${c})::VARCHAR`
    if (type === 'BLOB') return `lower(hex(${c}))`
    return `${c}::VARCHAR`
  })
  const rows = (await connection.runAndReadAll(`SELECT ${shown} FROM ${from}`)).getRows()
  const doubles = columns.map(([, type]) => type === 'DOUBLE')
  return rows.map((row) => row.map((x, i) => (x !== null && doubles[i] ? number(special[x] ?? Number(x)) : x)))
}

// Polars for Node cannot hand out binary columns: they show as UNSEEN here.
function visible(path) {
  const bytes = readFileSync(path)
  const schema = parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)).schema.slice(1)
  const all = schema.map((s) => s.name)
  return { all, columns: schema.filter((s) => s.type !== 'BYTE_ARRAY' || s.converted_type === 'UTF8').map((s) => s.name) }
}

function frame(table, all) {
  const types = table.schema
  const columns = all.map((name) => {
    if (!(name in types)) return Array(table.height).fill('UNSEEN')
    const type = String(types[name])
    const column = table.getColumn(name)
    if (/Float/.test(type)) return column.toArray().map((x) => (x === null ? null : number(x)))
    // Polars counts the time of day in nanoseconds.
    if (/Time\b/.test(type)) return column.cast(pl.Int64).cast(pl.Utf8).toArray().map((x) => (x === null ? null : String(BigInt(x) / 1000n)))
    if (/Date/.test(type)) return column.cast(pl.Int64).cast(pl.Utf8).toArray()
    return column.cast(pl.Utf8).toArray()
  })
  return Array.from({ length: table.height }, (_, r) => columns.map((c) => c[r] ?? null))
}

async function polars(path) {
  const { all, columns } = visible(path)
  return frame(pl.readParquet(path, { columns }), all)
}

async function arrow(path) {
  const { all, columns } = visible(path)
  return frame(pl.readIPCStream(Buffer.from(wasm.readParquet(readFileSync(path)).intoIPCStream()), { columns }), all)
}

async function hyparquet(path) {
  const bytes = readFileSync(path)
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const metadata = parquetMetadata(file)
  // Without annotations it hands out what is stored; decimals would become doubles.
  const schema = metadata.schema.slice(1).map((s) => ({ ...s }))
  for (const s of metadata.schema) if (s.converted_type !== 'UTF8') s.converted_type = s.logical_type = undefined
  const rows = await parquetReadObjects({ file, metadata, compressors, utf8: false })
  return rows.map((row) => schema.map((s) => show(row[s.name], s)))
}

function show(value, { type, converted_type, scale }) {
  if (value === null || value === undefined) return null
  if (converted_type === 'DECIMAL') {
    let unscaled = value
    if (type === 'FIXED_LEN_BYTE_ARRAY') unscaled = BigInt.asIntN(128, BigInt('0x' + hex(value)))
    const digits = String(unscaled < 0 ? -unscaled : unscaled).padStart(scale + 1, '0')
    const whole = digits.slice(0, digits.length - scale)
    return (unscaled < 0 ? '-' : '') + (scale ? `${whole}.${digits.slice(-scale)}` : whole)
  }
  if (type === 'DOUBLE') return number(value)
  return value instanceof Uint8Array ? hex(value) : String(value)
}

const readers = { duckdb, polars, arrow, hyparquet }
const folder = process.argv[2]
for (const name of readdirSync(folder).filter((f) => f.endsWith('.parquet'))) {
  for (const [reader, read] of Object.entries(readers)) {
    let lines
    try {
      lines = (await read(join(folder, name))).map((row) => JSON.stringify(row))
    } catch (error) {
      lines = [`failed: ${error?.message ?? error}`]
    }
    writeFileSync(join(folder, `${name}.${reader}.jsonl`), lines.map((l) => l + '\n').join(''))
  }
}
