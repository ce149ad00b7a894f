// Does diffs a second time in DuckDB, under the types that each report states, and compares everything: counts, keys and values of each change.
// usage: node typed-diff.mjs CASES.json   where CASES.json is [{"name","old","new","changes","report","key"}, …]: two CSV files, the Parquet file of
// changes, the JSON report, key columns as a list. Prints one JSON object a case; its "problems" is empty when both agree.
import { readFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'

const literal = (text) => `'${text.replaceAll("'", "''")}'`
const same = (a, b) => a.toLowerCase() === b.toLowerCase()
const duckTypes = { integer: 'BIGINT', float: 'DOUBLE', boolean: 'BOOLEAN', date: 'DATE', timestamp: 'TIMESTAMP', instant: 'TIMESTAMPTZ', text: 'VARCHAR' }
const duckType = (type) => (type.startsWith('decimal') ? type.toUpperCase() : duckTypes[type])

function header(path) {
  const line = readFileSync(path, 'utf8').replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0]
  const delimiter = [',', ';', '\t', '|'].sort((a, b) => line.split(b).length - line.split(a).length)[0]
  return { delimiter, names: line === '' ? [] : line.split(delimiter).map((n) => n.replace(/^"|"$/g, '')) }
}

async function check({ old: oldPath, new: newPath, changes, report: reportPath, key: keyNames }) {
  const report = JSON.parse(readFileSync(reportPath, 'utf8'))
  const connection = await (await DuckDBInstance.create()).connect()
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows()
  const one = async (sql) => Number((await rows(sql))[0][0])
  const problems = []

  const columns = report.schema.filter((f) => !f.name.startsWith('_cdc_'))
  const keys = keyNames.map((k) => columns.findIndex((f) => f.name === k || same(f.name, k)))

  // A side as texts (c0, c1, … in the order of the report; NULL where the file lacks the column), then under the types. Dates that are not ISO must be day first.
  async function load(side, path) {
    const { delimiter, names } = header(path)
    const at = columns.map((f) => (names.includes(f.name) ? names.indexOf(f.name) : names.findIndex((n) => same(n, f.name))))
    const fields = names.map((_, i) => `'f${i}': 'VARCHAR'`).join(', ')
    const from = names.length
      ? `read_csv(${literal(path)}, delim = ${literal(delimiter)}, quote = '"', escape = '"', header = false, skip = 1, columns = {${fields}}, nullstr = '', auto_detect = false, parallel = false)`
      : '(SELECT 1 WHERE false)'
    const texts = at.map((i, c) => `${i < 0 ? 'NULL::VARCHAR' : `f${i}`} AS c${c}`)
    await connection.run(`CREATE TABLE ${side}_text AS SELECT row_number() OVER () AS n, ${texts.join(', ')} FROM ${from}`)
    const typed = []
    for (let c = 0; c < columns.length; c++) {
      const type = duckType(columns[c].type)
      const failing = (cast) => one(`SELECT count(*) FROM ${side}_text WHERE c${c} IS NOT NULL AND ${cast} IS NULL`)
      let cast = `TRY_CAST(c${c} AS ${type})`
      if (columns[c].type === 'date' && (await failing(cast)) > 0) cast = `TRY_STRPTIME(c${c}, '%d/%m/%Y')::DATE`
      const lost = await failing(cast)
      if (lost > 0) problems.push(`${side}: ${lost} values of ${columns[c].name} are no ${columns[c].type}`)
      if (columns[c].type.startsWith('decimal')) {
        const scale = Number(columns[c].type.match(/,(\d+)\)/)[1])
        const longer = await one(`SELECT count(*) FROM ${side}_text WHERE length(regexp_extract(c${c}, '[.](.*)$', 1)) > ${scale}`)
        if (longer > 0) problems.push(`${side}: ${longer} values of ${columns[c].name} have more than ${scale} decimals`)
      }
      // A number that inference must leave alone would come out with other digits.
      if (columns[c].type === 'integer') {
        const other = await one(`SELECT count(*) FROM ${side}_text WHERE c${c} <> TRY_CAST(c${c} AS BIGINT)::VARCHAR`)
        if (other > 0) problems.push(`${side}: ${other} values of ${columns[c].name} are written unlike integers`)
      }
      typed.push(`${cast} AS c${c}`)
    }
    const key = keys.map((k) => `c${k}`).join(', ')
    await connection.run(`CREATE TABLE ${side}_all AS SELECT n, ${typed.join(', ')} FROM ${side}_text`)
    await connection.run(`CREATE TABLE ${side}_side AS SELECT * FROM ${side}_all QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY n DESC) = 1`)
  }

  await connection.run('SET threads = 1')
  await load('old', oldPath)
  await load('new', newPath)

  const all = columns.map((_, c) => `c${c}`)
  const on = keys.map((k) => `o.c${k} = n.c${k}`).join(' AND ')
  const differ = all.filter((_, c) => !keys.includes(c)).map((c) => `o.${c} IS DISTINCT FROM n.${c}`).join(' OR ') || 'false'
  const pick = (side) => all.map((c) => `${side}.${c}`).join(', ')
  await connection.run(`CREATE TABLE expected AS
    SELECT 'I' AS op, ${pick('n')} FROM new_side n ANTI JOIN old_side o ON ${on}
    UNION ALL SELECT 'D', ${pick('o')} FROM old_side o ANTI JOIN new_side n ON ${on}
    UNION ALL SELECT 'U', ${pick('n')} FROM old_side o JOIN new_side n ON ${on} WHERE ${differ}`)
  const found = columns.map((f, c) => `"${f.name}" AS c${c}`).join(', ')
  await connection.run(`CREATE TABLE found AS SELECT _cdc_operation AS op, ${found} FROM read_parquet(${literal(changes)})`)

  const counts = {}
  for (const [name, op] of [['inserts', 'I'], ['updates', 'U'], ['deletes', 'D']]) {
    counts[name] = await one(`SELECT count(*) FROM expected WHERE op = '${op}'`)
  }
  counts.unchanged = (await one(`SELECT count(*) FROM old_side o JOIN new_side n ON ${on}`)) - counts.updates
  for (const [name, count] of Object.entries(counts)) {
    if (report[name] !== count) problems.push(`${name}: ${report[name]}, DuckDB has ${count}`)
  }
  const key = keys.map((k) => `c${k}`).join(', ')
  for (const [what, list] of [['keys', `op, ${key}`], ['rows', '*']]) {
    for (const [a, b] of [['expected', 'found'], ['found', 'expected']]) {
      const only = `SELECT ${list} FROM ${a} EXCEPT ALL SELECT ${list} FROM ${b}`
      const count = await one(`SELECT count(*) FROM (${only})`)
      if (count > 0) problems.push(`${count} ${what} are only ${a}, such as ${JSON.stringify((await rows(`SELECT COLUMNS(*)::VARCHAR FROM (${only}) LIMIT 2`)))}`)
    }
  }
  return { ...counts, problems }
}

for (const { name, ...paths } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  console.log(JSON.stringify({ name, ...(await check(paths)) }))
}
