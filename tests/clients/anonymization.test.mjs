// Being forgotten, through the SDK and with the real worker; the demo shop waits five seconds.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'

import {
  ADDRESS,
  asCustomer,
  asGuest,
  asIntegration,
  asserted,
  assertRevoked,
  asStaff,
  email,
  eventually,
  integrationOf,
  orderOf,
  refusal,
  rival,
  sdk,
  shop,
  signIn,
} from './lib.mjs'

const PASSWORD = 'correct horse battery'
const DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/

let staff
let cl

before(async () => {
  staff = await asStaff()
  cl = await asIntegration()
})

async function newCustomer(attributes = {}) {
  return await cl.customers.create({ email: email('forget'), password: PASSWORD, ...attributes })
}

async function completed({ id }) {
  return await eventually(
    () => cl.customers.retrieve(id),
    (customer) => customer.anonymization_status === 'completed',
  )
}

function assertInfo(customer, status, ...dates) {
  const info = customer.anonymization_info
  const keys = ['requester', 'status', ...dates]
  if (status === 'cancelled') keys.push('cancellation_requester')
  assert.deepEqual(Object.keys(info).sort(), keys.sort())
  assert.deepEqual([info.status, customer.anonymization_status], [status, status])
  for (const name of dates) assert.match(info[name], DATE)
  assert.deepEqual(Object.keys(info.requester).sort(), ['email', 'first_name', 'id', 'last_name'])
  assert.equal(info.requester.id, shop.integration_user_id)
}

describe('being forgotten', { concurrency: true }, () => {
  test('a request is shown, found, and can be taken back and made again', async () => {
    const customer = await newCustomer()
    const requested = await staff.customers._request_anonymization(customer.id)
    assertInfo(requested, 'requested', 'requested_at')
    assert.equal('_request_anonymization' in requested, false)
    const filters = { anonymization_status_eq: 'requested', id_eq: customer.id }
    assert.equal(await cl.customers.count({ filters }), 1)

    const again = await staff.customers._request_anonymization(customer.id)
    assert.deepEqual(again.anonymization_info, requested.anonymization_info)

    const cancelled = await staff.customers._cancel_anonymization(customer.id)
    assertInfo(cancelled, 'cancelled', 'requested_at', 'cancelled_at')
    assert.equal(cancelled.email, customer.email)
    const error = await refusal(
      staff.customers._cancel_anonymization(customer.id),
      422,
      'VALIDATION_ERROR',
    )
    assert.equal(error.first().source.pointer, '/data/attributes/_cancel_anonymization')

    await staff.customers._request_anonymization(customer.id)
    const forgotten = await completed(customer)
    assertInfo(forgotten, 'completed', 'requested_at', 'started_at', 'completed_at')
    assert.notEqual(forgotten.email, customer.email)
    const twice = staff.customers._request_anonymization(customer.id)
    await refusal(twice, 422, 'VALIDATION_ERROR')

    const entries = await cl.customers.event_stores(customer.id, { pageSize: 25 })
    const events = Array.from(entries, (entry) => entry.event).reverse()
    const steps = events.filter((event) => event.startsWith('anonymization'))
    assert.deepEqual(steps, [
      'anonymization_request',
      'anonymization_cancel',
      'anonymization_request',
      'anonymization_started',
      'anonymization_completed',
    ])
  })

  test('the person is gone, their orders are counted on', async () => {
    const customer = await newCustomer({
      reference: 'ERP-7',
      metadata: { birthday: '1815-12-10' },
      tax_exemption_code: 'EX-7',
    })
    const own = await asCustomer(customer.email, PASSWORD)
    const book = await own.addresses.create(ADDRESS)
    await own.customer_addresses.create({ address: own.addresses.relationship(book.id) })
    const { id } = await orderOf(own, { sku: 'MUG-BLUE', quantity: 2 })
    const shipping = await own.addresses.create({ ...ADDRESS, notes: 'Ring twice' })
    await own.orders.update({
      id,
      shipping_address: own.addresses.relationship(shipping.id),
      _billing_address_same_as_shipping: true,
      _place: true,
    })
    const include = ['shipping_address', 'billing_address']
    const before = await cl.orders.retrieve(id, { include })
    assert.equal(before.total_amount_cents, 2500)

    await staff.customers._request_anonymization(customer.id)
    const forgotten = await completed(customer)

    assert.match(forgotten.email, /@anonymized\.invalid$/)
    assert.deepEqual(
      [forgotten.has_password, forgotten.reference, forgotten.tax_exemption_code],
      [false, null, null],
    )
    assert.deepEqual(forgotten.metadata, {})
    assert.notEqual(forgotten.shopper_reference, customer.shopper_reference)
    assert.notEqual(forgotten.profile_id, customer.profile_id)
    assert.deepEqual([forgotten.status, forgotten.total_orders_count], ['acquired', 1])
    assert.equal((await cl.customers.customer_addresses(customer.id)).length, 0)
    const order = await cl.orders.retrieve(id, { include })
    const kept = ['number', 'status', 'placed_at', 'total_amount_cents', 'currency_code']
    for (const name of kept) assert.deepEqual(order[name], before[name])
    assert.notEqual(order.token, before.token)
    const emptied = await cl.addresses.retrieve(book.id)
    const left = JSON.stringify([order, forgotten, emptied])
    const { first_name: first, last_name: last, line_1: line, zip_code: zip, phone } = ADDRESS
    const secrets = [customer.email, first, last, line, zip, phone, 'Ring twice', 'ERP-7', '1815']
    for (const secret of secrets) assert.equal(left.includes(secret), false, `${secret} is left`)
  })

  test('whoever is forgotten is signed out, and comes back as somebody new', async () => {
    const customer = await newCustomer()
    const token = await signIn(customer.email, PASSWORD)
    await sdk(token.accessToken).customers.retrieve(customer.id)

    await staff.customers._request_anonymization(customer.id)
    await completed(customer)

    await assertRevoked(token.accessToken)
    await assert.rejects(signIn(customer.email, PASSWORD))

    const guest = await asGuest()
    const newcomer = await guest.customers.create({ email: customer.email, password: PASSWORD })
    assert.notEqual(newcomer.id, customer.id)
    assert.deepEqual(newcomer.anonymization_info, {})
    assert.deepEqual([newcomer.status, newcomer.total_orders_count], ['prospect', 0])
    const own = await asCustomer(customer.email, PASSWORD)
    await refusal(own.customers.retrieve(customer.id), 404, 'RECORD_NOT_FOUND')
  })

  test('a request that is taken back changes nothing', async () => {
    const customer = await newCustomer({ reference: 'stays' })
    const other = await newCustomer()
    await staff.customers._request_anonymization(customer.id)
    await staff.customers._cancel_anonymization(customer.id)
    await staff.customers._request_anonymization(other.id)
    await completed(other)

    const left = await cl.customers.retrieve(customer.id)
    assert.deepEqual(
      [left.email, left.reference, left.anonymization_status],
      [customer.email, 'stays', 'cancelled'],
    )
    await asCustomer(customer.email, PASSWORD)
  })

  test('only a user of the organization, through a back end, may ask', async () => {
    const customer = await newCustomer()
    const nobody = await asserted(integrationOf(shop), { custom_claim: { app: 'x' } })
    const owner = { type: 'Customer', id: customer.id }
    const asOwner = await asserted(integrationOf(shop), { owner })
    const callers = {
      'an integration without a user': cl,
      'an assertion of nobody': sdk(nobody.accessToken),
      'a back end acting for the customer': sdk(asOwner.accessToken),
      'a storefront': await asGuest(),
      'the customer': await asCustomer(customer.email, PASSWORD),
    }
    for (const [who, caller] of Object.entries(callers)) {
      for (const trigger of ['_request_anonymization', '_cancel_anonymization']) {
        const call = caller.customers[trigger](customer.id)
        const error = await call.catch((reason) => reason)
        assert.deepEqual([error.status, error.errors?.[0].code], [401, 'UNAUTHORIZED'], who)
      }
    }
    const { anonymization_status: status } = await cl.customers.retrieve(customer.id)
    assert.equal(status, null)
  })

  test('a user of another organization does not even find the customer', async () => {
    const customer = await newCustomer()
    const stranger = await asStaff(rival)
    const call = stranger.customers._request_anonymization(customer.id)
    await refusal(call, 404, 'RECORD_NOT_FOUND')
    const { anonymization_info: info } = await cl.customers.retrieve(customer.id)
    assert.deepEqual(info, {})
  })

  test('the triggers are for updates, and false does nothing', async () => {
    const creating = staff.customers.create({ email: email('x'), _request_anonymization: true })
    await refusal(creating, 400, 'PARAM_NOT_ALLOWED')
    const { id } = await newCustomer()
    const { anonymization_status: status } = await staff.customers.update({
      id,
      _request_anonymization: false,
    })
    assert.equal(status, null)
    const unknown = staff.customers._request_anonymization('unknown')
    await refusal(unknown, 404, 'RECORD_NOT_FOUND')
  })
})
