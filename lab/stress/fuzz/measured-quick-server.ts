// The same, but for what a password costs, which would be a third of the short form's work.
import './measured.ts'
import '../../../testing/quick-server.ts'
