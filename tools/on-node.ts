// `npm run on-node -- 24 unit`: an npm script of this project on another Node. npm brings that Node, and builds for it what a
// copy of the project needs. Both stay in node_modules/.cache; nothing outside of it changes.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'

const USAGE = 'Say which Node, and which script: npm run on-node -- 24 unit'

const [major = '', ...script] = process.argv.slice(2)
if (!/^\d+$/.test(major) || script.length === 0) end(2, USAGE)
const npm = process.env.npm_execpath ?? end(2, USAGE)
const folder = resolve('node_modules/.cache/on-node', major)
const copy = join(folder, 'project')

const node = bringNode()
const version = output(node.program, ['--version']).trim()
console.log(`── Node ${version}, in ${copy}`)
copyProject()
installDependencies()
process.exit(onThatNode([npm, 'run', ...script]))

/** The package that holds the Node of this platform, and the headers that native modules are built against. */
function bringNode() {
  const { platform, arch } = process
  const name = `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${arch}`
  const home = join(folder, 'node_modules', name)
  const program = join(home, 'bin/node')
  if (existsSync(program)) return { home, program }
  mkdirSync(folder, { recursive: true })
  const { status } = spawnSync(
    process.execPath,
    [npm, 'install', '--prefix', folder, '--no-save', `${name}@${major}`],
    { stdio: 'inherit' },
  )
  return status === 0 ? { home, program } : end(1, `npm has no Node ${major} for ${platform} on ${arch}.`)
}

/** What git knows or would add, as it is here now. */
function copyProject() {
  mkdirSync(copy, { recursive: true })
  for (const name of readdirSync(copy)) if (name !== 'node_modules') rmSync(join(copy, name), { recursive: true })
  const listed = output('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(name))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    copyFileSync(file, join(copy, file))
  }
}

/** Building takes minutes: only where the Node or the lock file is another than last time. */
function installDependencies() {
  const stamp = join(copy, 'node_modules/.built-for')
  const wanted = version + readFileSync('package-lock.json', 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  if (onThatNode([npm, 'ci']) !== 0) end(1, `npm ci fails on Node ${version}.`)
  writeFileSync(stamp, wanted)
}

/** First in the PATH, so that whatever is started finds it. What npm has said of this folder is not passed on. */
function onThatNode(args: string[]) {
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
    PATH: [dirname(node.program), process.env.PATH].join(delimiter),
    npm_config_nodedir: node.home,
  }
  return spawnSync(node.program, args, { cwd: copy, env, stdio: 'inherit' }).status ?? 1
}

function output(program: string, args: string[]) {
  return spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).stdout
}

function end(code: number, sentence: string): never {
  console.error(sentence)
  process.exit(code)
}
