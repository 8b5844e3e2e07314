// Imports, exports and cleanups through the SDK: every method it has for them.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import {
  asCustomer,
  asGuest,
  asIntegration,
  email,
  eventually,
  idsOf,
  realFetch,
  refusal,
  shop,
  unique,
} from './lib.mjs'

const ENDED = ['completed', 'interrupted', 'failed']

let cl

before(async () => {
  cl = await asIntegration()
})

async function ended(resource, id) {
  return await eventually(
    () => resource.retrieve(id),
    (job) => ENDED.includes(job.status),
  )
}

/** Two customers of a list of their own, made by an import. */
async function imported() {
  const reference = unique('list')
  const inputs = [1, 2].map((number) => ({ email: email(`imported-${number}`), reference }))
  const { id } = await cl.imports.create({ resource_type: 'customers', inputs })
  return { reference, inputs, job: await ended(cl.imports, id) }
}

test('an import creates customers', async () => {
  const { reference, inputs, job } = await imported()

  assert.equal(job.status, 'completed')
  assert.equal(job.processed_count, 2)
  assert.equal(job.inputs_size, 2)
  assert.deepEqual(job.errors_log, {})
  assert.deepEqual(job.inputs, [])
  const customers = await cl.customers.list({ filters: { reference_eq: reference } })
  assert.deepEqual(
    Array.from(customers, (one) => one.email).sort(),
    inputs.map((one) => one.email).sort(),
  )
})

test('an import tells what was wrong with which input', async () => {
  const inputs = [{ email: email('good') }, { email: 'bad' }]
  const { id } = await cl.imports.create({ resource_type: 'customers', inputs, skip_errors: true })

  const job = await ended(cl.imports, id)

  assert.equal(job.errors_count, 1)
  assert.deepEqual(job.errors_log, { 2: { email: ['is invalid'] } })
})

test('an import deletes what no input was about', async () => {
  const list = await cl.sku_lists.create({ name: unique('List') })
  const codes = Array.from(await cl.skus.list({ pageSize: 2 }), (sku) => sku.code)
  const wish = { quantity: 1, sku_list: cl.sku_lists.relationship(list.id) }
  await cl.sku_list_items.create({ ...wish, sku_code: codes[0] })
  const { id } = await cl.imports.create({
    resource_type: 'sku_list_items',
    parent_resource_id: list.id,
    inputs: [{ sku_code: codes[1], quantity: 2 }],
    cleanup_records: true,
  })

  const job = await ended(cl.imports, id)

  assert.equal(job.destroyed_count, 1)
  assert.equal(job.attachment_url, null)
  const left = await cl.sku_lists.sku_list_items(list.id)
  assert.deepEqual(Array.from(left, (item) => item.quantity), [2])
})

test('imports are listed, filtered, included, changed, interrupted and deleted', async () => {
  const { job } = await imported()
  const own = { id_eq: job.id, status_eq: 'completed', resource_type_in: ['customers', 'skus'] }

  const listed = await cl.imports.list({ filters: own, include: ['events'], sort: { started_at: 'desc' } })
  assert.deepEqual(idsOf(listed), [job.id])
  assert.deepEqual(
    listed[0].events.map((event) => event.name).sort(),
    ['imports.complete', 'imports.create', 'imports.start'],
  )
  assert.equal(await cl.imports.count({ filters: { id_eq: job.id } }), 1)
  assert.equal((await cl.imports.events(job.id)).length, 3)
  assert.ok((await cl.imports.event_stores(job.id)).length >= 1)
  const changed = await cl.imports.update({ id: job.id, reference: 'nightly' })
  assert.equal(changed.reference, 'nightly')
  await refusal(cl.imports._interrupt(job.id), 422, 'VALIDATION_ERROR')
  await cl.imports.delete(job.id)
  await refusal(cl.imports.retrieve(job.id), 404, 'RECORD_NOT_FOUND')
})

test('an export writes a file, which whoever has its address may download', async () => {
  const { reference, inputs } = await imported()
  const { id } = await cl.exports.create({
    resource_type: 'customers',
    includes: ['customer_group'],
    fields: ['email', 'customer_group.name'],
    filters: { reference_eq: reference },
  })

  const job = await ended(cl.exports, id)

  assert.equal(job.status, 'completed')
  assert.equal(job.records_count, 2)
  assert.equal(job.progress, 100)
  const reply = await realFetch(job.attachment_url)
  assert.deepEqual(
    await reply.json(),
    inputs.map((one) => ({ email: one.email, customer_group: null })),
  )
})

test('exports are listed, filtered, included, changed, started, interrupted and deleted', async () => {
  const { id } = await cl.exports.create({ resource_type: 'skus', format: 'csv', fields: ['code'] })
  const first = await ended(cl.exports, id)

  const listed = await cl.exports.list({ filters: { id_eq: id, format_eq: 'csv' }, include: ['events'] })
  assert.deepEqual(idsOf(listed), [id])
  assert.equal(await cl.exports.count({ filters: { id_eq: id } }), 1)
  assert.equal((await cl.exports.events(id)).length, 3)
  assert.ok((await cl.exports.event_stores(id)).length >= 1)
  assert.equal((await cl.exports.update({ id, reference: 'weekly' })).reference, 'weekly')

  assert.equal((await cl.exports._start(id)).status, 'pending')
  const second = await ended(cl.exports, id)
  assert.notEqual(second.attachment_url, first.attachment_url)
  const file = await (await realFetch(second.attachment_url)).text()
  assert.equal(file.split('\r\n')[0], 'code')
  assert.equal((await realFetch(first.attachment_url)).status, 404)

  await refusal(cl.exports._interrupt(id), 422, 'VALIDATION_ERROR')
  await cl.exports.delete(id)
  assert.equal((await realFetch(second.attachment_url)).status, 404)
})

test('a cleanup deletes what meets its filters, save what is locked', async () => {
  const { reference } = await imported()
  const { id } = await cl.cleanups.create({
    resource_type: 'customers',
    filters: { reference_eq: reference },
  })

  const job = await ended(cl.cleanups, id)

  assert.equal(job.status, 'completed')
  assert.equal(job.processed_count, 2)
  assert.equal(await cl.customers.count({ filters: { reference_eq: reference } }), 0)

  const buyer = await cl.customers.list({ filters: { total_orders_count_gt: 0 }, pageSize: 1 })
  const refused = await cl.cleanups.create({
    resource_type: 'customers',
    filters: { id_eq: buyer[0].id },
  })
  const locked = await ended(cl.cleanups, refused.id)
  assert.deepEqual(locked.errors_log, { [buyer[0].id]: { base: ['Locked resource'] } })
})

test('cleanups are listed, filtered, included, changed, interrupted and deleted', async () => {
  const filters = { code_eq: unique('nothing') }
  const { id } = await cl.cleanups.create({ resource_type: 'skus', filters })
  await ended(cl.cleanups, id)

  const listed = await cl.cleanups.list({ filters: { id_eq: id }, include: ['events'] })
  assert.deepEqual(idsOf(listed), [id])
  assert.equal(await cl.cleanups.count({ filters: { id_eq: id } }), 1)
  assert.equal((await cl.cleanups.events(id)).length, 3)
  assert.ok((await cl.cleanups.event_stores(id)).length >= 1)
  assert.equal((await cl.cleanups.update({ id, reference: 'spring' })).reference, 'spring')
  await refusal(cl.cleanups._interrupt(id), 422, 'VALIDATION_ERROR')
  await cl.cleanups.delete(id)
  await refusal(cl.cleanups.retrieve(id), 404, 'RECORD_NOT_FOUND')
})

test('storefronts have nothing to do with any of them', async () => {
  const customer = await asCustomer(shop.customer.email, shop.customer.password)
  for (const caller of [await asGuest(), customer]) {
    for (const type of ['imports', 'exports', 'cleanups']) {
      await refusal(caller[type].list(), 401, 'UNAUTHORIZED')
      const asked = { resource_type: 'customers', inputs: [] }
      await refusal(caller[type].create(asked), 401, 'UNAUTHORIZED')
    }
  }
})

/** Interrupts a job that `start` makes; a small one may be over before, then another is made. */
async function interruptOne(type, start) {
  for (let tries = 0; tries < 50; tries += 1) {
    const { id } = await start()
    const job = await type._interrupt(id).catch((error) => error)
    if (job.status !== 422) return job
  }
  return assert.fail('every job was over at once')
}

test('jobs are interrupted while they wait or work', async () => {
  const inputs = Array.from({ length: 400 }, () => ({ email: email('never') }))
  const filters = { email_eq: email('nobody') }
  const starts = [
    [cl.imports, () => cl.imports.create({ resource_type: 'customers', inputs })],
    [cl.exports, () => cl.exports.create({ resource_type: 'customers' })],
    [cl.cleanups, () => cl.cleanups.create({ resource_type: 'customers', filters })],
  ]
  for (const [type, start] of starts) {
    assert.equal((await interruptOne(type, start)).status, 'interrupted', type.type())
  }
})
