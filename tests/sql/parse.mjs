// node parse.cjs hive|trino < statements
// Prints {"statements": n, "errors": ["line:column message", ...]} for what it reads.
import { readFileSync } from 'node:fs';
import { HiveSQL, TrinoSQL } from 'dt-sql-parser';

const parser = { hive: new HiveSQL(), trino: new TrinoSQL() }[process.argv[2]];
const text = readFileSync(0, 'utf8');

// splitSQLByStatement gives null where the text does not parse.
const statements = parser.splitSQLByStatement(text) ?? [];
const errors = parser.validate(text).map((e) => `${e.startLine}:${e.startColumn} ${e.message}`);

console.log(JSON.stringify({ statements: statements.length, errors }));
