import { cliScript } from './cli-script.js';
import { cloudFormationTemplate } from './cloudformation.js';
import { consoleSteps } from './console.js';
import type { Kit } from './kit.js';
import { terraformConfiguration } from './terraform.js';

export const KIT_FORMATS = ['console', 'cli', 'terraform', 'cloudformation'] as const;

export type KitFormat = (typeof KIT_FORMATS)[number];

interface Renderer {
  /** Ending of the file's name, the dot included. */
  extension: string;
  render: (kit: Kit) => string;
}

const RENDERERS: Record<KitFormat, Renderer> = {
  console: { extension: '.md', render: consoleSteps },
  cli: { extension: '.sh', render: cliScript },
  terraform: { extension: '.tf', render: terraformConfiguration },
  cloudformation: { extension: '.json', render: cloudFormationTemplate },
};

export function isKitFormat(text: string): text is KitFormat {
  return KIT_FORMATS.some((format) => format === text);
}

/** A kit as one file; the text ends with a line feed. */
export function renderKit(kit: Kit, format: KitFormat): { fileName: string; text: string } {
  const { extension, render } = RENDERERS[format];
  return { fileName: `causeway-${kit.peeringConnectionId}${extension}`, text: `${render(kit)}\n` };
}
