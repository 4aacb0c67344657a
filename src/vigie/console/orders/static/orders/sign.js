// Sign an order with a passkey: the challenge is the hash of the order that this page shows.
(function () {
  'use strict'
  const form = document.getElementById('signing')
  if (!form || !window.PublicKeyCredential) return
  const asked = JSON.parse(document.getElementById('asked').textContent)
  const unsigned = document.getElementById('unsigned')
  const button = document.getElementById('sign')

  function bytes (text) {
    const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
    return Uint8Array.from(raw, function (letter) { return letter.charCodeAt(0) })
  }

  function text (buffer) {
    const raw = String.fromCharCode.apply(null, new Uint8Array(buffer))
    return btoa(raw).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
  }

  async function sign () {
    const order = new TextEncoder().encode('VIGIE-ORDER-1\n' + form.elements.body.value)
    const challenge = await crypto.subtle.digest('SHA-256', order)
    const credential = await navigator.credentials.get({
      publicKey: {
        challenge,
        rpId: asked.site,
        allowCredentials: asked.mine.map(function (id) { return { type: 'public-key', id: bytes(id) } }),
        userVerification: 'required',
        timeout: 120000
      }
    })
    form.elements.credential.value = text(credential.rawId)
    form.elements.authenticator.value = text(credential.response.authenticatorData)
    form.elements.client.value = text(credential.response.clientDataJSON)
    form.elements.signature.value = text(credential.response.signature)
  }

  form.addEventListener('submit', function (event) {
    if (form.elements.signature.value) return
    event.preventDefault()
    unsigned.hidden = true
    button.disabled = true
    sign().then(function () { form.submit() }).catch(function () {
      button.disabled = false
      unsigned.hidden = false
    })
  })
})()
