{{- define "magicmemory.labels" -}}
app.kubernetes.io/name: magicmemory
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "magicmemory.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* What every process has in its environment: the settings of all, then its own. */}}
{{- define "magicmemory.environment" -}}
{{- $own := dict "DATA_DIR" "/data" "LOG_FORMAT" "json" "METRICS_HOST" "0.0.0.0" "METRICS_PORT" "9400" -}}
{{- range $name, $value := merge (dict) .settings .root.Values.settings $own }}
- name: MAGIC_{{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{- define "magicmemory.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
ports:
  - {name: metrics, containerPort: 9400}
startupProbe:
  httpGet: {path: /readyz, port: metrics}
  periodSeconds: 5
  # A worker may convert models at its first start.
  failureThreshold: 120
livenessProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 30
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /readyz, port: metrics}
  periodSeconds: 15
  timeoutSeconds: 10
{{- end }}

{{- define "magicmemory.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
# Long enough to finish the photos in hand.
terminationGracePeriodSeconds: 40
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.images.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "magicmemory.annotations" -}}
{{- if .Values.prometheus.annotations }}
annotations:
  prometheus.io/scrape: "true"
  prometheus.io/port: "9400"
{{- end }}
{{- end }}

{{/* The keys of the Secret that a process may read, as files in /run/secrets. */}}
{{- define "magicmemory.secrets" -}}
- name: secrets
  secret:
    secretName: {{ .root.Values.secret }}
    items:
      {{- range .keys }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
- name: tmp
  emptyDir: {}
{{- with .root.Values.photosClaim }}
- name: photos
  persistentVolumeClaim: {claimName: {{ . }}}
{{- end }}
{{- end }}

{{- define "magicmemory.mounts" -}}
- {name: secrets, mountPath: /run/secrets, readOnly: true}
- {name: tmp, mountPath: /tmp}
- {name: data, mountPath: /data}
{{- if .Values.photosClaim }}
- {name: photos, mountPath: /photos}
{{- end }}
{{- end }}

{{- define "magicmemory.storeEnvironment" -}}
{{- with .Values.storeSecret }}
envFrom:
  - secretRef: {name: {{ . }}}
{{- end }}
{{- end }}
