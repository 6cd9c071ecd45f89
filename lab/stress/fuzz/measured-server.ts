// The product's own server.
import './measured.ts'
import '../../../app/process/server.ts'
