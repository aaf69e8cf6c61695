package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager/signals"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

type injector struct{ decoder admission.Decoder }

// Handle decodes the whole pod into its type, changes it, and has the difference worked out.
func (i *injector) Handle(ctx context.Context, request admission.Request) admission.Response {
	pod := &corev1.Pod{}
	if err := i.decoder.Decode(request, pod); err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	for _, container := range pod.Spec.Containers {
		if !needsValue(container.Image) {
			continue
		}
		inject(pod, container)
		changed, err := json.Marshal(pod)
		if err != nil {
			return admission.Errored(http.StatusInternalServerError, err)
		}
		logf.FromContext(ctx).Info("patched pod", "namespace", request.Namespace, "uid", request.UID)
		return admission.PatchResponseFromRaw(request.Object.Raw, changed)
	}
	return admission.Allowed("")
}

func inject(pod *corev1.Pod, container corev1.Container) {
	yes, no, root := true, false, int64(0)
	added := corev1.Container{
		Name: name, Image: image, ImagePullPolicy: corev1.PullIfNotPresent,
		Command:   []string{"/bin/sh", "-c", script},
		Resources: corev1.ResourceRequirements{Requests: container.Resources.Requests, Limits: container.Resources.Limits},
		SecurityContext: &corev1.SecurityContext{
			Privileged: &yes, RunAsUser: &root, RunAsNonRoot: &no, ReadOnlyRootFilesystem: &yes,
		},
	}
	pod.Spec.InitContainers = append([]corev1.Container{added}, pod.Spec.InitContainers...)
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Annotations[annotation] = applied
}

func serveUsual(port int, certificates string) error {
	logf.SetLogger(zap.New())
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		return fmt.Errorf("scheme: %w", err)
	}
	server := webhook.NewServer(webhook.Options{Host: "127.0.0.1", Port: port, CertDir: certificates})
	server.Register("/mutate/init-container", &admission.Webhook{Handler: &injector{admission.NewDecoder(scheme)}})
	return server.Start(signals.SetupSignalHandler())
}
