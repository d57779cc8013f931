import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { planSchema } from '@mipnet/training';
import { z } from 'zod';

/**
 * The types of the API as one file that needs no other package: the declarations of mipnet's own packages are put into
 * it, and the keys of a plan are written out with what their schema says of them.
 * @param {string} root
 * @param {string} file where it is written
 */
export async function bundleTypes(root, file) {
  const api = join(root, 'apps/cli/dist/api');
  const keys = join(dirname(file), 'plan-keys.d.ts');
  await writeFile(keys, await planKeys());
  const ownPackages = {
    name: 'own-packages',
    resolveId: async (source, importer = '') =>
      // Of what plans are made of, the API names their keys alone.
      source === '@mipnet/training' && dirname(importer) === api
        ? keys
        : source.startsWith('@mipnet/')
          ? typesOf(root, source)
          : null,
  };
  const bundle = await rollup({
    input: join(api, 'index.d.ts'),
    plugins: [ownPackages, dts()],
    external: (id) => /^[^./]/.test(id) && !id.startsWith('@mipnet/'),
  });
  await bundle.write({ file, format: 'es' });
  await bundle.close();
  const others = /^(?:import|export) .* from '([^']+)'/m.exec(await readFile(file, 'utf8'));
  if (others !== null) throw new Error(`the types of the API need ${others[1]}; they must be complete by themselves`);
}

/** The declarations of an entry of one of the packages. */
async function typesOf(root, source) {
  const [, name, ...entry] = source.split('/');
  const folder = join(root, 'libs', name);
  const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return join(folder, exports[['.', ...entry].join('/')].types);
}

const planKeys = () =>
  compile(z.toJSONSchema(planSchema, { io: 'input', unrepresentable: 'any' }), 'PlanKeys', {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
  });
