import { Ajv2020 } from 'ajv/dist/2020.js';
import openapi from '../../gateway/openapi.json' with { type: 'json' };

export type DescribedName = keyof typeof openapi.components.schemas;

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(exactly(openapi) as object, 'openapi');

/** What is wrong with a value by the description of the API, to which nothing may be added; null where nothing is. */
export function undescribed(name: DescribedName, value: unknown): unknown {
  const validate = ajv.getSchema(`openapi#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`there is no schema ${name}`);
  return validate(value) === true ? null : validate.errors;
}

/** The same description, of which no object has more properties than those named. */
function exactly(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(exactly);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, exactly(part)]));
  return 'properties' in schema ? { additionalProperties: false, ...parts } : parts;
}
