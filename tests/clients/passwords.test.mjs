// Forgotten passwords through the SDK: every method of customer_password_resets.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { asCustomer, asGuest, asIntegration, email, idsOf, refusal, signIn } from './lib.mjs'

const OLD = 'correct horse battery'
const NEW = 'a much longer secret'

let cl
let guest

before(async () => {
  cl = await asIntegration()
  guest = await asGuest()
})

async function forgetful() {
  return await cl.customers.create({ email: email('forgetful'), password: OLD })
}

test('a back end asks, a storefront finishes, the customer signs in', async () => {
  const customer = await forgetful()
  const before = await signIn(customer.email, OLD)
  const reset = await cl.customer_password_resets.create({ customer_email: customer.email })
  assert.ok(cl.customer_password_resets.isCustomerPasswordReset(reset))
  assert.ok(reset.reset_password_token.length > 20)
  assert.equal(reset.reset_password_at, null)

  const finished = await guest.customer_password_resets.update({
    id: reset.id,
    customer_password: NEW,
    _reset_password_token: reset.reset_password_token,
  })

  assert.match(finished.reset_password_at, /^\d{4}-/)
  const own = await asCustomer(customer.email, NEW)
  assert.equal((await own.customers.retrieve(customer.id)).email, customer.email)
  assert.notEqual((await signIn(customer.email, NEW)).accessToken, before.accessToken)
})

test('the helper of the trigger sends the token only, which is not enough', async () => {
  const customer = await forgetful()
  const reset = await cl.customer_password_resets.create({ customer_email: customer.email })

  const call = guest.customer_password_resets._reset_password_token(
    reset.id,
    reset.reset_password_token,
  )
  const error = await refusal(call, 422, 'VALIDATION_ERROR')
  assert.equal(error.first().source.pointer, '/data/attributes/customer_password')

  const wrong = { id: reset.id, customer_password: NEW, _reset_password_token: 'wrong' }
  await refusal(guest.customer_password_resets.update(wrong), 422, 'VALIDATION_ERROR')
})

test('a back end reads, filters, follows and deletes resets, and never sees the token again', async () => {
  const customer = await forgetful()
  const { id } = await cl.customer_password_resets.create({ customer_email: customer.email })
  const resets = cl.customer_password_resets

  const read = await resets.retrieve(id, { include: ['customer', 'events'] })
  assert.deepEqual([read.reset_password_token, read.customer.id], [null, customer.id])
  assert.deepEqual(
    Array.from(read.events, (event) => event.name),
    ['customer_password_resets.create'],
  )
  const filters = { customer_id_eq: customer.id, reset_password_at_null: true }
  assert.deepEqual(idsOf(await resets.list({ filters })), [id])
  assert.equal(await resets.count({ filters }), 1)
  assert.equal((await resets.customer(id)).id, customer.id)
  assert.equal((await resets.events(id)).length, 1)
  assert.equal((await resets.event_stores(id)).length, 1)
  assert.equal((await resets.update({ id, reference: 'ticket 7' })).reference, 'ticket 7')
  assert.deepEqual(resets.relationship(id), { id, type: 'customer_password_resets' })
  assert.equal(await resets.delete(id), undefined)
  await refusal(resets.retrieve(id), 404, 'RECORD_NOT_FOUND')
})

test('an unknown address is answered alike', async () => {
  const unknown = email('unknown')
  const reset = await cl.customer_password_resets.create({ customer_email: unknown })
  assert.equal(reset.customer_email, unknown)
  const attempt = {
    id: reset.id,
    customer_password: NEW,
    _reset_password_token: reset.reset_password_token,
  }
  await refusal(guest.customer_password_resets.update(attempt), 422, 'VALIDATION_ERROR')
})
