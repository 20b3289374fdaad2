import { createHash } from 'node:crypto';
import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import katex from 'katex';

const SOURCES = join(import.meta.dirname, '..', 'static-src');
const COMPRESSIBLE = new Set(['.css', '.html', '.json', '.ttf']);

/** Public paths by the names under which people know the files: `{ "landing.css": "/static/landing-….css" }`. */
export type Manifest = Readonly<Record<string, string>>;

/**
 * Assembles the folder that nginx serves: the landing page, `static/` with names that change with their content,
 * an empty `media/`, compressed files beside the plain ones, and `static/manifest.json`.
 * What was in `out` is replaced, but for `media/`.
 */
export async function buildStaticSite(out: string): Promise<Manifest> {
  await rm(join(out, 'static'), { recursive: true, force: true });
  await mkdir(join(out, 'static'), { recursive: true });
  await mkdir(join(out, 'media'), { recursive: true });
  const manifest = { ...(await addKatex(out)), ...(await addStyle(out, 'landing.css')) };
  await addLandingPage(out, manifest);
  await writeFile(join(out, 'static', 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await compressAll(out);
  return manifest;
}

/** KaTeX's style sheet finds its fonts by relative names, so its version is in the folder's name. */
async function addKatex(out: string): Promise<Manifest> {
  const source = dirname(createRequire(import.meta.url).resolve('katex/dist/katex.min.css'));
  const folder = `/static/katex-${katex.version}`;
  await cp(join(source, 'katex.min.css'), join(out, folder, 'katex.min.css'));
  await cp(join(source, 'fonts'), join(out, folder, 'fonts'), { recursive: true });
  return { 'katex.min.css': `${folder}/katex.min.css` };
}

async function addStyle(out: string, name: string): Promise<Manifest> {
  const content = await readFile(join(SOURCES, name));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const path = `/static/${name.replace('.css', `-${hash}.css`)}`;
  await writeFile(join(out, path), content);
  return { [name]: path };
}

async function addLandingPage(out: string, manifest: Manifest): Promise<void> {
  const page = await readFile(join(SOURCES, 'index.html'), 'utf8');
  const linked = page.replace(/"\/static\/([\w.-]+)"/gu, (_link, name: string) => {
    const path = manifest[name];
    if (path === undefined) throw new Error(`index.html links to /static/${name}, which is not built`);
    return `"${path}"`;
  });
  await writeFile(join(out, 'index.html'), linked);
}

/** As small as it gets: this is done once, and the files are served for a year. */
async function compressAll(out: string): Promise<void> {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for await (const name of glob(['index.html', 'static/**/*.*'], { cwd: out })) {
    if (!COMPRESSIBLE.has(extname(name))) continue;
    const path = join(out, name);
    const content = await readFile(path);
    await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }));
    await writeFile(`${path}.br`, await promisify(brotliCompress)(content, quality));
  }
}
