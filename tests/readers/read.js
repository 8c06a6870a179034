// node read.js FILE: the footer on the first line, then each row as an array of its values, all as JSON.
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const file = await asyncBufferFromFile(process.argv[2])
const metadata = await parquetMetadataAsync(file)
const columns = metadata.schema.slice(1).map(column => column.name)

// JSON has neither 64-bit integers nor times: both are small enough here for a double, times as milliseconds.
const write = value => JSON.stringify(value, function (key) {
  const original = this[key]
  return typeof original === 'bigint' ? Number(original) : original instanceof Date ? original.getTime() : original
})

const lines = [write(metadata)]
await parquetRead({ file, metadata, compressors, columns, onComplete: rows => rows.forEach(row => lines.push(write(row))) })
process.stdout.write(lines.join('\n') + '\n')
