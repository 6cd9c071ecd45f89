/** What an authenticator app is, and how to get one: for somebody who reads about it here for the first time. */
export const NeedAnApp = () => (
  <details>
    <summary>Need an app?</summary>
    <div class="stack tight">
      <p>
        An authenticator app shows a new code of six digits every 30 seconds, without a network. You type it when you
        sign in, so a stolen password alone opens nothing.
      </p>
      <p>These four work on iPhone, Android and computers:</p>
      <ul>
        <li>Ente Auth and Proton Authenticator: free, and they do only this.</li>
        <li>Bitwarden and 1Password: password managers. Their paid plans show codes too.</li>
      </ul>
      <p>To add this account in Ente Auth:</p>
      <ol>
        <li>Install the app and open it.</li>
        <li>Choose “Scan a QR code” and point the camera at this page.</li>
        <li>No camera? Choose “Enter a setup key” and type the account and the key from this page.</li>
        <li>Type the six digits it shows into Code.</li>
      </ol>
      <p class="hint">Any app for time-based codes (TOTP) works.</p>
    </div>
  </details>
)
