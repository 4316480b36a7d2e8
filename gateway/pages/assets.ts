import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Hono } from 'hono';
import type { GatewayHono } from '../http/hono-types.js';

const TYPES = {
  'pages.css': 'text/css; charset=utf-8',
  'customer.js': 'text/javascript; charset=utf-8',
} as const;

export type AssetName = keyof typeof TYPES;

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

/** A file's address changes with its content, so that browsers may keep it for ever. */
function load(name: AssetName): Asset {
  const body = readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const [stem = '', extension = ''] = name.split('.');
  return { path: `/assets/${stem}.${hash}.${extension}`, type: TYPES[name], body };
}

const ASSETS: Readonly<Record<AssetName, Asset>> = {
  'pages.css': load('pages.css'),
  'customer.js': load('customer.js'),
};

/** Where a page finds the file, seen from the gateway's root. */
export function assetPath(name: AssetName): string {
  return ASSETS[name].path;
}

export function addAssets(app: Hono<GatewayHono>): void {
  for (const { path, type, body } of Object.values(ASSETS)) {
    app.get(path, (context) =>
      context.body(body, 200, {
        'Content-Type': type,
        'Cache-Control': 'public, max-age=31536000, immutable',
      }),
    );
  }
}
