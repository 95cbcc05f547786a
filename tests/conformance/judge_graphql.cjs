// Reads {library, schema, queries, types} as JSON; writes what does not fit the schema, as a JSON list.
// types: the fields that the sandbox knows, {type: {field: the type it leads to, "" for a plain value}}.
const { readFileSync } = require("node:fs");
const asked = JSON.parse(readFileSync(0, "utf8"));
const { buildSchema, getNamedType, isCompositeType, parse, validate } = require(asked.library);

const schema = buildSchema(readFileSync(asked.schema, "utf8"), { assumeValid: true });
const wrong = [];
for (const query of asked.queries)
  for (const error of validate(schema, parse(query))) wrong.push(`${query.trim()}\n    ${error.message}`);
for (const [name, fields] of Object.entries(asked.types)) {
  const known = schema.getType(name)?.getFields?.() ?? {}; // a union has no fields of its own
  for (const [field, leads] of Object.entries(fields)) {
    const type = known[field] && getNamedType(known[field].type);
    const told = !type ? "nothing" : isCompositeType(type) ? type.name : "";
    if (told !== leads) wrong.push(`${name}.${field} leads to ${leads || "a value"} here, to ${told || "a value"} there`);
  }
}
process.stdout.write(JSON.stringify(wrong));
