// Customers through the SDK, one at a time: created, changed, deleted, and refused.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import {
  asCustomer,
  asGuest,
  asIntegration,
  bookOf,
  email,
  idsOf,
  refusal,
  unique,
} from './lib.mjs'

let cl

before(async () => {
  cl = await asIntegration()
})

test('a fresh customer is a prospect with everything generated', async () => {
  const address = email('Fresh.Person')
  const customer = await cl.customers.create({ email: address })

  assert.equal(customer.type, 'customers')
  assert.equal(customer.email.toLowerCase(), address.toLowerCase())
  assert.deepEqual(
    [customer.status, customer.total_orders_count, customer.has_password],
    ['prospect', 0, false],
  )
  assert.ok(customer.shopper_reference.length >= 3)
  assert.ok(customer.profile_id.length >= 3)
  assert.notEqual(customer.shopper_reference, customer.profile_id)
  assert.deepEqual(customer.metadata, {})
  assert.deepEqual(customer.anonymization_info, {})
  assert.deepEqual(
    [customer.anonymization_status, customer.reference, customer.tax_exemption_code],
    [null, null, null],
  )
  assert.equal('password' in customer, false)
  assert.match(customer.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

  assert.deepEqual(await cl.customers.retrieve(customer.id), customer)
  assert.ok(cl.customers.isCustomer(customer))
})

test('what is given on create is kept', async () => {
  const given = {
    email: email('given'),
    shopper_reference: unique('shopper'),
    profile_id: unique('profile'),
    tax_exemption_code: 'EX-1',
    reference: 'ERP-1',
    reference_origin: 'erp',
    metadata: { tier: 'gold', nested: { list: [1, 'two', null] } },
  }
  const customer = await cl.customers.create({ ...given, password: 'correct horse battery' })
  for (const [name, value] of Object.entries(given)) assert.deepEqual(customer[name], value)
  assert.equal(customer.has_password, true)
})

test('an update changes what it names and nothing else', async () => {
  const { id, ...before } = await cl.customers.create({ email: email('update'), reference: 'a' })
  const reference = unique('reference')
  const after = await cl.customers.update({ id, reference, shopper_reference: 'new-one' })
  assert.deepEqual(
    [after.reference, after.shopper_reference, after.email, after.profile_id],
    [reference, 'new-one', before.email, before.profile_id],
  )
  assert.ok(after.updated_at > before.updated_at)
  assert.equal(after.created_at, before.created_at)
  assert.equal((await cl.customers.update({ id, reference: null })).reference, null)
})

test('metadata is replaced as a whole', async () => {
  const { id } = await cl.customers.create({ email: email('meta'), metadata: { a: 1, b: 2 } })
  const { metadata } = await cl.customers.update({ id, metadata: { b: 3 } })
  assert.deepEqual(metadata, { b: 3 })
  assert.deepEqual((await cl.customers.update({ id, metadata: {} })).metadata, {})
})

test('a retrieved object can be sent back as it came', async () => {
  const group = await cl.customer_groups.create({ name: unique('Group') })
  const { id } = await cl.customers.create({
    email: email('back'),
    customer_group: cl.customer_groups.relationship(group.id),
  })
  const retrieved = await cl.customers.retrieve(id, { include: ['customer_group'] })
  assert.equal(retrieved.customer_group.name, group.name)

  const updated = await cl.customers.update({ ...retrieved, reference: 'sent back' })
  assert.equal(updated.reference, 'sent back')

  await bookOf(cl, id, 1)
  const include = ['orders', 'tags', 'events', 'customer_addresses.address']
  const full = await cl.customers.retrieve(id, { include })
  assert.equal((await cl.customers.update({ ...full, reference: 'again' })).reference, 'again')

  const lie = { ...retrieved, total_orders_count: 99 }
  const error = await refusal(cl.customers.update(lie), 400, 'PARAM_NOT_ALLOWED')
  assert.match(error.first().detail, /total_orders_count/)
})

test('a customer joins a group and leaves it again', async () => {
  const group = await cl.customer_groups.create({ name: unique('Group') })
  const { id } = await cl.customers.create({ email: email('member') })
  const joined = await cl.customers.update(
    { id, customer_group: cl.customer_groups.relationship(group) },
    { include: ['customer_group'] },
  )
  assert.equal(joined.customer_group.id, group.id)
  assert.equal((await cl.customers.customer_group(id)).name, group.name)
  assert.deepEqual(idsOf(await cl.customer_groups.customers(group.id)), [id])

  const left = await cl.customers.update(
    { id, customer_group: cl.customer_groups.relationship(null) },
    { include: ['customer_group'] },
  )
  assert.equal(left.customer_group, null)
  assert.equal(await cl.customers.customer_group(id), null)
})

test('an address book entry is taken out again', async () => {
  const { id } = await cl.customers.create({ email: email('book') })
  await bookOf(cl, id, 2)
  const [first] = await cl.customers.customer_addresses(id)
  await cl.customer_addresses.delete(first.id)
  assert.equal((await cl.customers.customer_addresses(id)).length, 1)
})

test('tags are added before others are removed, unknown names are dropped', async () => {
  const [red, blue] = [unique('r'), unique('b')]
  for (const name of [red, blue]) await cl.tags.create({ name })
  const { id } = await cl.customers.create({ email: email('tags') })
  const names = async () => Array.from(await cl.customers.tags(id), (tag) => tag.name).sort()

  await cl.customers._add_tags(id, `${red},${blue},unheard-of`)
  assert.deepEqual(await names(), [blue, red].sort())
  await cl.customers.update({ id, _add_tags: red, _remove_tags: red })
  assert.deepEqual(await names(), [blue])
  await cl.customers.update({ id, tags: cl.tags.relationshipToMany() })
  assert.deepEqual(await names(), [])
})

test('a deleted customer is gone', async () => {
  const { id } = await cl.customers.create({ email: email('deleted') })
  assert.equal(await cl.customers.delete(id), undefined)
  const error = await refusal(cl.customers.retrieve(id), 404, 'RECORD_NOT_FOUND')
  assert.equal(error.type, 'response')
  await refusal(cl.customers.delete(id), 404, 'RECORD_NOT_FOUND')
})

test('an unknown id is not found', async () => {
  await refusal(cl.customers.retrieve('fake-id'), 404, 'RECORD_NOT_FOUND')
})

test('an empty e-mail is refused, as the error interceptor sees', async () => {
  const seen = []
  const watched = await asIntegration()
  watched.addResponseInterceptor(undefined, (error) => {
    seen.push(error.request.method)
    return error
  })
  const error = await refusal(watched.customers.create({ email: '' }), 422, 'VALIDATION_ERROR')
  assert.deepEqual(seen, ['POST'])
  assert.deepEqual(error.first(), {
    title: "can't be blank",
    detail: "email - can't be blank",
    code: 'VALIDATION_ERROR',
    source: { pointer: '/data/attributes/email' },
    status: '422',
    meta: { error: 'blank', value: '' },
  })
})

test('a second customer of the same e-mail is refused, whatever its case', async () => {
  const address = email('twice')
  await cl.customers.create({ email: address })
  for (const again of [address, address.toUpperCase()]) {
    const error = await refusal(cl.customers.create({ email: again }), 422, 'VALIDATION_ERROR')
    assert.equal(error.first().meta.error, 'taken')
    assert.equal(error.first().source.pointer, '/data/attributes/email')
    assert.equal(error.first().title, 'has already been taken')
  }
})

test('an e-mail that is none and a short shopper reference are refused together', async () => {
  const call = cl.customers.create({ email: 'nobody', shopper_reference: 'x' })
  const { errors } = await refusal(call, 422, 'VALIDATION_ERROR')
  assert.deepEqual(
    errors.map((error) => error.source.pointer).sort(),
    ['/data/attributes/email', '/data/attributes/shopper_reference'],
  )
})

test('a storefront may create a customer, but not look at one', async () => {
  const guest = await asGuest()
  const created = await guest.customers.create({
    email: email('signup'),
    password: 'correct horse battery',
  })
  await refusal(guest.customers.list(), 401, 'UNAUTHORIZED')
  await refusal(guest.customers.retrieve(created.id), 401, 'UNAUTHORIZED')
  const group = await cl.customer_groups.create({ name: unique('Group') })
  const sneaky = guest.customers.create({
    email: email('sneaky'),
    customer_group: cl.customer_groups.relationship(group.id),
  })
  await refusal(sneaky, 401, 'UNAUTHORIZED')

  const own = await asCustomer(created.email, 'correct horse battery')
  assert.equal((await own.customers.retrieve(created.id)).email, created.email)
  assert.equal((await own.customers.update({ id: created.id, reference: 'me' })).reference, 'me')
  const other = await cl.customers.create({ email: email('other') })
  await refusal(own.customers.retrieve(other.id), 404, 'RECORD_NOT_FOUND')
  await refusal(own.customers.update({ id: other.id, reference: 'x' }), 404, 'RECORD_NOT_FOUND')
  await refusal(own.customers.list(), 401, 'UNAUTHORIZED')
})
