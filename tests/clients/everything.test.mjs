// Whatever the SDK can read of a resource: the list, its size, one row, and all that belongs to it.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asIntegration, served } from './lib.mjs'
import { methodsOf } from './methods.mjs'

const WRITES = /^(_|create$|update$|delete$)/
const ROWS = new Set(['list', 'count', 'retrieve'])
const cl = await asIntegration()

for (const [type, without] of Object.entries(served)) {
  test(type, async (t) => {
    const resource = cl[type]
    const reads = methodsOf(resource).filter((name) => !WRITES.test(name) && !(name in without))
    const single = !reads.includes('list')
    const rows = single ? [await resource.retrieve()] : await resource.list({ pageSize: 25 })
    if (reads.includes('count')) assert.ok((await resource.count()) >= rows.length)
    if (rows.length === 0) return t.diagnostic('no rows')
    if (!single) assert.equal((await resource.retrieve(rows[0].id)).id, rows[0].id)
    for (const name of reads.filter((read) => !ROWS.has(read))) {
      for (const row of rows.slice(0, 3)) await resource[name](row.id)
    }
  })
}
