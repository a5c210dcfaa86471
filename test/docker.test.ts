import { expect } from 'bun:test'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { executable } from './support/executable.ts'
import { needs } from './support/needs.ts'

const ROOT = resolve(import.meta.dir, '..')

needs('root', 'buildah')(
  'the image runs without a base image, as its own user, and stops when told',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-image-'))
    const buildah = (command: string, ...args: string[]) =>
      Bun.spawn(
        [
          'buildah',
          ...['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'],
          command,
          ...args,
        ],
        { cwd: folder, stdout: 'pipe', stderr: 'pipe' },
      )
    const inside = (container: string, ...args: string[]) =>
      buildah('run', '--isolation', 'chroot', container, '--', '/earshot', ...args)
    let container = ''
    try {
      await outputOf(
        Bun.spawn(['sh', join(ROOT, '.ci/rootfs'), await executable(), join(folder, 'dist/rootfs')], PIPES),
      )
      cpSync(join(ROOT, 'Dockerfile'), join(folder, 'Dockerfile'))
      const options = ['--format', 'docker', '--isolation', 'chroot', '--target', 'prebuilt']
      await outputOf(buildah('bud', ...options, '-t', 'earshot', '.'))
      const { Docker: image } = JSON.parse(await outputOf(buildah('inspect', '--type', 'image', 'earshot')))
      expect(image.config).toMatchObject({
        User: '10001:10001',
        Volumes: { '/data': {} },
        ExposedPorts: { '8484/tcp': {} },
        Entrypoint: ['/earshot'],
        Cmd: ['serve'],
        Healthcheck: { Test: ['CMD', '/earshot', 'health'] },
      })

      container = (await outputOf(buildah('from', 'earshot'))).trim()
      const checks = JSON.parse(await outputOf(inside(container, 'doctor', '--json'))).checks
      const found = (name: string) => checks.find((check: { name: string }) => check.name === name)
      expect(found('user').message).toBe('User 10001')
      expect(found('data folder')).toMatchObject({ status: 'ok', message: '/data' })
      expect(found('temp folder')).toMatchObject({ status: 'ok' })

      const serving = inside(container, 'serve', '--json', '--port', '0')
      const { value } = await serving.stdout.getReader().read()
      const { url, pid } = JSON.parse(new TextDecoder().decode(value))
      const { port } = new URL(url)
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
      process.kill(pid, 'SIGTERM')
      expect(await serving.exited).toBe(0)
    } finally {
      if (container) await buildah('rm', container).exited
      rmSync(folder, { recursive: true, force: true })
    }
  },
  60_000,
)

const PIPES = { stdout: 'pipe', stderr: 'pipe' } as const

async function outputOf(child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>): Promise<string> {
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0) throw new Error(output + errors)
  return output
}
