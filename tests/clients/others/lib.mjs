// What the scripts share. Each client is an unmodified package that knows JSON:API and nothing else;
// CLIENTELE_CREDENTIALS is the path of the credentials.json of the server to talk to.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const shop = JSON.parse(readFileSync(process.env.CLIENTELE_CREDENTIALS, 'utf-8'))

export const base = `${shop.base_url}/api`
export const MEDIA_TYPE = 'application/vnd.api+json'

const { client_id, client_secret } = shop.integration
const reply = await fetch(`${shop.base_url}/oauth/token`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret }),
})

export const token = (await reply.json()).access_token
export const authorization = `Bearer ${token}`

/** An e-mail address that no other run used. */
export function email(name) {
  return `${name}-${randomBytes(6).toString('hex')}@example.com`
}

/** Asks the server itself: what a client believes proves nothing. */
export async function actual(path) {
  const answer = await fetch(`${base}/${path}`, {
    headers: { Accept: MEDIA_TYPE, Authorization: authorization },
  })
  return answer.ok ? (await answer.json()).data : answer.status
}
