// Webhooks, their callbacks and events through the SDK, told to a listener of this script.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'

import { asGuest, asIntegration, email, eventually, idsOf, refusal } from './lib.mjs'

let cl
let listener
let url
let answer = 200
const received = []

before(async () => {
  cl = await asIntegration()
  listener = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ headers: request.headers, body: Buffer.concat(chunks), path: request.url })
    response.writeHead(answer).end()
  })
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${listener.address().port}`
})

after(() => {
  listener.closeAllConnections()
  listener.close()
})

function toldAt(path) {
  return received.filter((one) => one.path === path)
}

async function hookAt(path, attributes = {}) {
  return await cl.webhooks.create({
    topic: 'customers.create',
    callback_url: url + path,
    ...attributes,
  })
}

test('a webhook is created, read, listed, updated and deleted', async () => {
  const made = await hookAt('/crud', { include_resources: ['customer_group'], _disable: true })
  assert.equal(made.type, 'webhooks')
  assert.equal(made.name, `Webhook ${made.id}`)
  assert.equal(made.circuit_state, 'closed')
  assert.ok(made.disabled_at)
  assert.match(made.shared_secret, /^[0-9a-f]{32}$/)
  assert.ok(cl.webhooks.isWebhook(made))
  assert.equal(cl.webhooks.type(), 'webhooks')

  const read = await cl.webhooks.retrieve(made.id)
  assert.deepEqual(read.include_resources, ['customer_group'])
  const listed = await cl.webhooks.list({ filters: { topic_eq: 'customers.create', id_eq: made.id } })
  assert.deepEqual(idsOf(listed), [made.id])
  const sent = await cl.webhooks.update({ ...read, name: 'renamed' })
  assert.equal(sent.name, 'renamed')
  assert.equal((await cl.webhooks.count({ filters: { id_eq: made.id } })), 1)
  const events = Array.from(await cl.webhooks.event_stores(made.id), (one) => one.event)
  assert.ok(events.includes('create') && events.includes('update'))

  await cl.webhooks.delete(made.id)
  await refusal(cl.webhooks.retrieve(made.id), 404, 'RECORD_NOT_FOUND')
})

test('it refuses unknown topics and strangers', async () => {
  await refusal(hookAt('/x', { topic: 'customers.exploded' }), 422, 'VALIDATION_ERROR')
  await refusal((await asGuest()).webhooks.list(), 401, 'UNAUTHORIZED')
})

test('a listener is told, can check who says so, and the log knows', async () => {
  const hook = await hookAt('/told')
  const customer = await cl.customers.create({ email: email('told') })
  const [one] = await eventually(
    () => toldAt('/told'),
    (all) => all.length > 0,
  )

  assert.equal(one.headers['x-commercelayer-topic'], 'customers.create')
  const digest = createHmac('sha256', hook.shared_secret).update(one.body).digest('base64')
  assert.equal(one.headers['x-commercelayer-signature'], digest)
  const { data } = JSON.parse(one.body)
  assert.equal(data.id, customer.id)
  assert.equal(data.attributes.email, customer.email)

  const log = await eventually(
    async () => await cl.webhooks.last_event_callbacks(hook.id),
    (all) => all.length > 0,
  )
  const callback = log.first()
  assert.equal(callback.response_code, '200')
  assert.equal(callback.callback_url, `${url}/told`)
  assert.ok(cl.event_callbacks.isEventCallback(callback))
  assert.equal((await cl.event_callbacks.webhook(callback.id)).id, hook.id)
  assert.deepEqual((await cl.event_callbacks.retrieve(callback.id)).payload, {
    data: { type: 'customers', id: customer.id },
  })
  const found = await cl.event_callbacks.list({ filters: { webhook_id_eq: hook.id } })
  assert.deepEqual(idsOf(found), [callback.id])
  assert.equal((await cl.event_callbacks.event_stores(callback.id)).length, 0)

  await cl.webhooks.delete(hook.id)
})

test('an event knows its webhooks and callbacks, and tells again', async () => {
  const hook = await hookAt('/again')
  const customer = await cl.customers.create({ email: email('again') })
  const event = (await cl.customers.events(customer.id)).first()
  assert.equal(event.name, 'customers.create')
  assert.ok(cl.events.isEvent(await cl.events.retrieve(event.id)))
  assert.deepEqual(idsOf(await cl.events.list({ filters: { id_eq: event.id } })), [event.id])
  assert.ok(idsOf(await cl.events.webhooks(event.id)).includes(hook.id))
  await eventually(
    () => toldAt('/again'),
    (all) => all.length === 1,
  )

  await cl.events._trigger(event.id)

  const [first, second] = await eventually(
    () => toldAt('/again'),
    (all) => all.length === 2,
  )
  assert.deepEqual(JSON.parse(first.body).data.id, JSON.parse(second.body).data.id)
  await eventually(
    async () => await cl.events.last_event_callbacks(event.id),
    (all) => all.length === 2,
  )
  assert.equal((await cl.events.update({ id: event.id, reference: 'seen' })).reference, 'seen')
  assert.ok(await cl.events.event_stores(event.id))
  await cl.webhooks.delete(hook.id)
})

test('a failing listener opens the circuit, until it is reset', async () => {
  answer = 500
  const hook = await hookAt('/failing')
  for (let number = 0; number < 30; number += 1) {
    await cl.customers.create({ email: email('circuit') })
  }
  const open = await eventually(
    async () => await cl.webhooks.retrieve(hook.id),
    (one) => one.circuit_state === 'open',
  )
  assert.ok(open.circuit_failure_count >= 30)

  answer = 200
  const closed = await cl.webhooks._reset_circuit(hook.id)
  assert.equal(closed.circuit_state, 'closed')
  assert.equal(closed.circuit_failure_count, 0)
  await eventually(
    () => toldAt('/failing').length,
    (count) => count >= 60,
  )
  const ids = new Set(toldAt('/failing').map((one) => JSON.parse(one.body).data.id))
  assert.equal(ids.size, 30)

  assert.ok((await cl.webhooks._disable(hook.id)).disabled_at)
  assert.equal((await cl.webhooks._enable(hook.id)).disabled_at, null)
  await cl.webhooks.delete(hook.id)
})
