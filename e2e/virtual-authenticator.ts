import type { CDPSession, Page } from 'playwright/test'

/** What a passkey or a security key is to the browser: WebAuthn's own testing, by the protocol of its developer tools. */
export type Device = {
  protocol: 'ctap2' | 'u2f'
  /** `internal` is a part of the device, `usb` a key that is plugged in. */
  transport: 'internal' | 'usb'
  /** Keeps passkeys that are found without a name. */
  hasResidentKey: boolean
  hasUserVerification: boolean
  /** Whether its owner passes the check of finger, face or PIN. */
  isUserVerified: boolean
  /** Whether its passkeys are synced: they may be, and they are. */
  isSynced: boolean
}

export const PASSWORD_MANAGER: Device = {
  ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
  ...{ hasUserVerification: true, isUserVerified: true, isSynced: true },
}
export const LAPTOP: Device = { ...PASSWORD_MANAGER, isSynced: false }
export const SECURITY_KEY: Device = { ...LAPTOP, transport: 'usb', hasResidentKey: false }
/** From before passkeys: a touch, no PIN, and nothing that it could be found by. */
export const OLD_KEY: Device = {
  ...SECURITY_KEY,
  ...{ protocol: 'u2f', hasUserVerification: false, isUserVerified: false },
}

type Credential = {
  credentialId: string
  isResidentCredential: boolean
  rpId?: string
  privateKey: string
  userHandle?: string
  signCount: number
}

/** Ways to answer wrongly. */
export type Bogus = { isBogusSignature?: boolean; isBadUV?: boolean; isBadUP?: boolean }

/** A device in or at the computer of a page. It answers without anybody's touch. */
export class VirtualAuthenticator {
  static readonly #used = new Set<CDPSession>()
  readonly #browser: CDPSession
  readonly #id: string

  private constructor(browser: CDPSession, id: string) {
    this.#browser = browser
    this.#id = id
  }

  static async of(page: Page, device: Device): Promise<VirtualAuthenticator> {
    const browser = await page.context().newCDPSession(page)
    VirtualAuthenticator.#used.add(browser)
    await browser.send('WebAuthn.enable')
    const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: device.protocol,
        transport: device.transport,
        hasResidentKey: device.hasResidentKey,
        hasUserVerification: device.hasUserVerification,
        isUserVerified: device.isUserVerified,
        automaticPresenceSimulation: true,
        ...(device.protocol === 'ctap2' && {
          defaultBackupEligibility: device.isSynced,
          defaultBackupState: device.isSynced,
        }),
      },
    })
    return new VirtualAuthenticator(browser, authenticatorId)
  }

  /** At the end of a test, because the next one has the same page. */
  static async unplugAll(): Promise<void> {
    const used = [...VirtualAuthenticator.#used]
    VirtualAuthenticator.#used.clear()
    await Promise.all(used.map((browser) => browser.detach().catch(() => {}))) // some go with their page
  }

  async credentials(): Promise<Credential[]> {
    const { credentials } = await this.#browser.send('WebAuthn.getCredentials', { authenticatorId: this.#id })
    return credentials
  }

  /** A copy of another device's, as it was when it was read. */
  async add(credential: Credential): Promise<void> {
    await this.#browser.send('WebAuthn.addCredential', { authenticatorId: this.#id, credential })
  }

  async verifyUser(isUserVerified: boolean): Promise<void> {
    await this.#browser.send('WebAuthn.setUserVerified', { authenticatorId: this.#id, isUserVerified })
  }

  /** Nobody touches it, so that an answer is waited for. */
  async touched(enabled: boolean): Promise<void> {
    await this.#browser.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: this.#id, enabled })
  }

  async answer(bogus: Bogus): Promise<void> {
    await this.#browser.send('WebAuthn.setResponseOverrideBits', { authenticatorId: this.#id, ...bogus })
  }

  async unplug(): Promise<void> {
    await this.#browser.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.#id })
  }
}
